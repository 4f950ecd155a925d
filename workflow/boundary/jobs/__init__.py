"""What each job does: one typed model a command, written by the plan and read by the command.

Light imports only: every cluster job parses the rules again.
"""
