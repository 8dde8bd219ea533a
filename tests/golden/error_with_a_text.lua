-- An error object that knows how to print.
error(setmetatable({}, { __tostring = function() return "the custom text" end }))
