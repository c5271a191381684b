"""Records by the million, made a property at a time: those that `crowd` makes one by one."""
