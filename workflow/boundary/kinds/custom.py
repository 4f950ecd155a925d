"""Problems of any form, judged by a file of Python that the study names."""

from boundary.kinds.record import EXTRACTING, SHARED, Kind

KIND = Kind(
    name="custom",
    about="anything, judged by a file of your own",
    module=None,
    sources=(*EXTRACTING, *SHARED),  # with the file's content, see `boundary.kinds.graders`
    gold="free",
    tests=True,
    metadata=True,
)
