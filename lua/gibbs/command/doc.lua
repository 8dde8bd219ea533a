--- gibbs doc: the page on a topic, or an overview.

local _, core = ...
local manual = require "gibbs.manual"

--- What pages a long text on a terminal: $PAGER, or less where it is there; nil: nothing.
local function pager(lines)
  local columns, rows = core.host.terminal()
  if not columns or #lines < rows then return nil end
  local named = os.getenv "PAGER"
  if named and named ~= "" then return named end
  return os.execute "command -v less >/dev/null 2>&1" and "less -FRX" or nil
end

local function show(lines)
  local text = table.concat(lines, "\n") .. "\n"
  local program = pager(lines)
  local pipe = program and io.popen(program, "w")
  if not pipe then return io.stdout:write(text) end
  pipe:write(text)
  pipe:close()
end

return {
  usage = "[TOPIC]",
  what = "Prints the page on a function, a method, a class, a command, or a row of a list (gibbs list); of a word that is no name,\n"
    .. "what speaks of it.  Without a topic, an overview.",
  words = { "topic...?" },
  run = function(given)
    if not given.topic then return show(manual.overview(manual.width())) end
    local lines, message = manual.about(table.concat(given.topic, " "), manual.width())
    if not lines then require("gibbs.command").refuse(message) end
    show(lines)
  end,
}
