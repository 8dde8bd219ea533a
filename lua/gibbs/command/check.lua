--- gibbs check: a script looked at for mistakes; nothing long is run, nothing is written.

local _, core = ...
local kinds = require "gibbs.kinds"

local check = {
  usage = "[--seconds N] script.lua [the script's options]",
  what = "Looks for mistakes in a script without running what is long and without writing anything: names, options, shapes,\n"
    .. "gradients (by differences, where that is quick), files that are missing or could not be written, sums that are too large.\n"
    .. "Calls do a few steps or sweeps of what they are asked for, on the real objects; how long the whole would take is told,\n"
    .. "roughly, with what is built, read and written.  Exit code 3 when something was found.",
  words = { "script" },
  rest = true,
  options = { { name = "seconds", default = 20, kind = kinds.number, help = "stop looking after so long", value = "N" } },
}

-- ---- the script ------------------------------------------------------------------------------------------

local function read_script(path)
  local file, why = io.open(path, "rb")
  local text, failure
  if file then
    text, failure = file:read "a"
    file:close()
  end
  if text then return text end
  io.stderr:write(("gibbs check: cannot open '%s': %s\n"):format(path, failure or (why:gsub("^.*: ", ""))))
end

--- As luaL_loadfile reads a file: without a byte order mark, and without a first line for the shell.
local function load_script(path, text)
  return load(text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", ""), "@" .. path, "t")
end

local function set_words(given)
  core.arg = table.move(given.rest, 1, #given.rest, 1, {})
  core.arg[0], core.arg[-1] = given.script, "gibbs"
  return table.unpack(given.rest)
end

--- The place at the beginning of a message, and the rest.
local function split_place(message)
  local place, rest = message:match("^([^\n]-:%d+): (.*)$")
  return place or "", rest or message
end

-- ---- the report ------------------------------------------------------------------------------------------

local function duration(seconds)
  if seconds < 1 then return "less than a second" end
  if seconds < 120 then return ("about %.0f s"):format(seconds) end
  if seconds < 7200 then return ("about %.0f min"):format(seconds / 60) end
  if seconds < 172800 then return ("about %.0f h"):format(seconds / 3600) end
  return ("about %.0f days"):format(seconds / 86400)
end

local function size(bytes) return bytes < 2 ^ 30 and ("%.0f MB"):format(bytes / 2 ^ 20) or ("%.1f GB"):format(bytes / 2 ^ 30) end

local function times(count) return count > 1 and (" (%d times)"):format(count) or "" end

local function print_group(title, lines)
  for i, line in ipairs(lines) do print(("  %-8s %s"):format(i == 1 and title or "", line)) end
end

--- "line 12", or the place in another file.
local function where(checking, place)
  local file, line = place:match("^(.*):(%d+)$")
  return file == checking.file and "line " .. line or place
end

local function model_lines(checking)
  local lines = {}
  for _, model in ipairs(checking.models) do
    lines[#lines + 1] = ("%s: %s%s"):format(where(checking, model.place), model.text, times(model.count))
    if model.exact then lines[#lines + 1] = "  exact sums: " .. model.exact end
  end
  return lines
end

local function call_lines(checking)
  local lines, total = {}, 0
  for _, call in ipairs(checking.calls) do
    total = total + call.seconds
    lines[#lines + 1] = ("%s: %s%s%s, %s"):format(where(checking, call.place), call.who, call.work ~= "" and ": " .. call.work or "", times(call.count),
      duration(call.seconds))
  end
  if #lines > 1 then lines[#lines + 1] = "all in all " .. duration(total) end
  return lines
end

local function file_lines(files, use, other)
  local lines = {}
  for _, file in ipairs(files) do
    if file.use == use or file.use == other then lines[#lines + 1] = file.path .. (file.use == "written" and file.there and " (is there, and would be replaced)" or "") end
  end
  return lines
end

local function finding_lines(findings)
  local lines = {}
  for i, finding in ipairs(findings) do lines[i] = (finding.place ~= "" and finding.place .. ": " or "") .. finding.message end
  return lines
end

local function print_report(path, checking, files)
  print(path .. ": nothing found")
  print_group("built", model_lines(checking))
  print_group("takes", call_lines(checking))
  if checking.gradients then print_group("gradient", { ("%d components agree with differences"):format(checking.gradients) }) end
  print_group("loads", file_lines(files, "loaded"))
  print_group("reads", file_lines(files, "read"))
  print_group("writes", file_lines(files, "made", "written"))
  print_group("memory", { "up to " .. size(core.host.most_memory()) .. " were in use here" })
  for _, note in ipairs(checking.notes) do note.place = note.place ~= "" and where(checking, note.place) or "" end
  print_group("note", finding_lines(checking.notes))
end

-- ---- looking ---------------------------------------------------------------------------------------------

--- The order of lines; places of one file only differ in their numbers.
local function sort_by_line(findings)
  for i, finding in ipairs(findings) do finding.order, finding.line = i, tonumber(finding.place:match(":(%d+)$")) or math.huge end
  table.sort(findings, function(a, b)
    if a.line ~= b.line then return a.line < b.line end
    return a.order < b.order
  end)
end

local function judge_end(checking, done, message, over)
  if done or checking.left then return end
  local place, rest = split_place(message)
  if over then
    checking.note(place, "here the time for looking was over (--seconds): what comes after was not looked at")
  elseif checking.is_own(message) then
    checking.note(place, ("the script stops itself here, perhaps because it was given less than it asked for: %s"):format(rest))
  elseif checking.is_of_too_little(message) then
    checking.note(place, ("here the script stops, as it was given less than it asked for: %s"):format(rest))
  else
    checking.problem(place, rest)
  end
end

local function add_names(checking, path, chunk, globals)
  for _, problem in ipairs(require("gibbs.names_read").problems(chunk, globals)) do
    checking.problem(("%s:%d"):format(path, problem.line), problem.message)
  end
end

local function add_files(checking, files)
  for _, file in ipairs(files) do
    if file.problem then checking.problem(file.place, ("'%s' could not be written: %s"):format(file.path, file.problem)) end
  end
end

--- What a script says of itself is to be seen.
local function asks_for_help(words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "--help" or word == "-h" then return true end
  end
  return false
end

--- In a process of its own, which cannot write but to `scratch`.
local function look(given, chunk, scratch)
  local checking = require "gibbs.checking"
  core.host.overlay(scratch)
  require("gibbs.access").install()
  checking.begin()
  core.host.set_limit("time", ("%.3f"):format(given.seconds), 60)
  core.host.mute(not asks_for_help(given.rest))
  local done, message, over = core.host.call(chunk, set_words(given))
  if done then done, message = core.host.call(core.seal) end
  core.host.mute(false)
  local files = core.host.overlay_files()
  checking.file = core.place_name(given.script)
  judge_end(checking, done, message, over)
  add_names(checking, given.script, chunk, _G)
  add_files(checking, files)
  local count = #checking.problems
  if count == 0 then
    print_report(given.script, checking, files)
    return 0
  end
  sort_by_line(checking.problems)
  for _, line in ipairs(finding_lines(checking.problems)) do print(line) end
  print(count == 1 and "1 problem" or count .. " problems")
  return 3
end

function check.run(given)
  local text = read_script(given.script)
  if not text then return 2 end
  local chunk, message = load_script(given.script, text)
  if not chunk then
    print(message)
    print "1 problem"
    return 3
  end
  local scratch = os.tmpname()
  os.remove(scratch)
  core.folder_make(scratch)
  local code = core.apart(function() return look(given, chunk, scratch) end)
  core.folder_remove(scratch)
  return code
end

return check
