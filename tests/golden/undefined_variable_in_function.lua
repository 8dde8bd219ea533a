-- A function may not make globals by accident.
local function count() total = 1 end
count()
