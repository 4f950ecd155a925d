"""Write what a finished study holds in the forms of other tools."""
