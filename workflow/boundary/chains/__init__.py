"""Validity of chains of thought: what is judged, by whom, and what they said.

Right answers by wrong chains are lucky guesses; here the correct responses to
the hardest solved problems are selected (`select`), shown to people (`sheet`,
`labels`), checked where they state equations (`boundary.equations`) and, where a study
asks for it by name, judged by a language model (`judge`).  What follows for
pass@k stands in `boundary.analyses.cot.compute`.
"""
