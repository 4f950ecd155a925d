"""What a study will cost before it runs, and what it cost after.

`stages` counts jobs, `pilots` reads finished blocks, `estimate` combines both with the
table of throughputs into `costs`, `concerns` says what a user should change first,
`compare` holds finished blocks against the table afterwards, and `render` prints.
"""
