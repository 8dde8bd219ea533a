-- Reading a name that nobody set is an error where it is read.
local size = 4
print(sise + 1)
