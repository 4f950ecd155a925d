"""Final answers: finding them in a response, and what makes two texts the same answer.

Shared by the verifier, which decides, and by analyses that count answers.
Light: the standard library alone.
"""

from boundary.answers.boxes import last_box as last_box
from boundary.answers.canonical import canonical as canonical
from boundary.answers.extract import Extraction as Extraction
from boundary.answers.extract import Readings as Readings
from boundary.answers.extract import final_answer as final_answer
from boundary.answers.extract import readings as readings
from boundary.answers.typesetting import nesting as nesting
from boundary.answers.typesetting import normalise as normalise
