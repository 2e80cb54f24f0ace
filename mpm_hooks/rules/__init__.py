"""What may be wrong, a family a module. A rule is a short generator of findings; its docstring says why it is one."""
