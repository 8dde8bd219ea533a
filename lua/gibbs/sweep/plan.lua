--- What a sweep consists of: the values of options and the seeds, their product, and the folder of each run.

local _, core = ...
local command = require "gibbs.command"
local kinds = require "gibbs.kinds"
local value_lists = require "gibbs.value_lists"

local plan = {}

local MOST_RUNS = 100000
local LONGEST_NAME = 150 -- of a folder

---@class gibbs.SweepOption
---@field name string
---@field values any[]

---@class gibbs.SweepRun
---@field number integer     in the order of the table
---@field name string        of its folder, below that of the sweep
---@field values any[]       one for each option of the sweep
---@field seed integer

---@class gibbs.SweepPlan
---@field options gibbs.SweepOption[]  in the order in which the script declares them
---@field seeds integer[]
---@field runs gibbs.SweepRun[]
---@field settings integer   how many combinations of values there are

-- ---- reading the command line ------------------------------------------------------------------------------

--- Whether a word can be the value of a boolean flag, which may stand alone.
local function is_truth(word)
  return word ~= nil and value_lists.read(word, kinds.boolean) ~= nil
end

--- The option that a flag belongs to, and the text that the flag itself says.
local function find_option(flag, by_name)
  local name = flag:gsub("^%-%-", ""):gsub("-", "_")
  if by_name[name] then return by_name[name] end
  local positive = by_name[name:gsub("^no_", "")]
  if name:match "^no_" and positive and positive.kind == kinds.boolean then return positive, "false" end
end

local function refuse_unknown(flag, options, own)
  local known = {}
  for _, option in ipairs(options) do known["--" .. option.name] = true end
  for _, row in ipairs(own) do
    local spelt = "--" .. row.name:gsub("_", "-")
    if spelt == flag then command.refuse(("%s stands before the script, since behind it it would be the script's"):format(flag)) end
    known[spelt] = true
  end
  local hint = #options == 0 and "; the script declares no options" or core.hint(flag, known)
  command.refuse(("unknown option '%s'%s"):format(flag, hint))
end

--- Flags that the program itself has understood, wherever they stand.
local function without_program_flags(words)
  local known, left = {}, {}
  for _, name in ipairs(core.host.flags) do known["--" .. name] = true end
  for _, word in ipairs(words) do
    if not known[word] then left[#left + 1] = word end
  end
  return left
end

--- The texts of the flags behind the script, by option.
local function read_flags(words, options, own)
  local by_name, texts, i = {}, {}, 1
  words = without_program_flags(words)
  for _, option in ipairs(options) do by_name[option.name] = option end
  while i <= #words do
    local flag, text = words[i]:match "^(%-%-[^=]+)=(.*)$"
    flag = flag or words[i]
    if not flag:match "^%-%-." then command.refuse(("'%s' is one word too many"):format(flag)) end
    local option, said = find_option(flag, by_name)
    if not option then refuse_unknown(flag, options, own) end
    text = text or said
    if not text and option.kind == kinds.boolean and not is_truth(words[i + 1]) then text = "true" end
    if not text then
      i = i + 1
      text = words[i]
    end
    if not text then command.refuse(("%s needs a value, a list a,b,c or a range from:to:step"):format(flag)) end
    if texts[option] then command.refuse(("%s is given twice; several values are a list a,b,c"):format(flag)) end
    texts[option] = { flag = flag, text = text }
    i = i + 1
  end
  return texts
end

local function read_values(option, given)
  local values, message, wrong = value_lists.read(given.text, option.kind)
  if values then return values end
  local hint = wrong and option.kind.words and core.hint(wrong, option.kind.words) or ""
  command.refuse(("%s is '%s': %s%s"):format(given.flag, given.text, message, hint))
end

-- ---- names ---------------------------------------------------------------------------------------------------

--- A value as part of a file's name: anything unusual as %xx.
local function encode(text)
  return (text:gsub("[^%w.+_-]", function(letter) return ("%%%02x"):format(letter:byte()) end))
end

local function setting_name(options, values)
  local parts = {}
  for i, option in ipairs(options) do
    if #option.values > 1 then parts[#parts + 1] = option.name .. "=" .. encode(kinds.text(values[i])) end
  end
  local name = table.concat(parts, ",")
  if #name <= LONGEST_NAME then return name end
  return name:sub(1, LONGEST_NAME - 13) .. "-" .. core.sha256_text(name):sub(1, 12)
end

-- ---- the product ---------------------------------------------------------------------------------------------

--- All combinations of values, the last option fastest.
local function combine(options)
  local settings = { {} }
  for _, option in ipairs(options) do
    local longer = {}
    for _, setting in ipairs(settings) do
      for _, value in ipairs(option.values) do
        longer[#longer + 1] = table.move(setting, 1, #setting, 1, {})
        table.insert(longer[#longer], value)
      end
    end
    settings = longer
  end
  return settings
end

local function check_size(options, seeds)
  local count = #seeds
  for _, option in ipairs(options) do
    count = count * #option.values
    if count > MOST_RUNS then command.refuse(("the product of options and seeds has more than %d runs"):format(MOST_RUNS)) end
  end
end

local function make(options, seeds)
  check_size(options, seeds)
  local settings, runs = combine(options), {}
  for _, values in ipairs(settings) do
    local name = setting_name(options, values)
    for _, seed in ipairs(seeds) do
      local folder = ("%sseed-%d"):format(name ~= "" and name .. "/" or "", seed)
      runs[#runs + 1] = { number = #runs + 1, name = folder, values = values, seed = seed }
    end
  end
  return { options = options, seeds = seeds, runs = runs, settings = #settings }
end

--- Options of a script that a run gets from the sweep in another way.
local OWN = { seed = "the seeds of a sweep are given with --seeds" }

---@param words string[]             the flags behind the script
---@param declared gibbs.Declared[]
---@param seeds_text string
---@param own table[]                rows of the command's own options
---@return gibbs.SweepPlan
function plan.read(words, declared, seeds_text, own)
  local texts, options = read_flags(words, declared, own), {}
  for _, option in ipairs(declared) do
    if texts[option] and OWN[option.name] then command.refuse(("%s: %s"):format(texts[option].flag, OWN[option.name])) end
    if texts[option] then options[#options + 1] = { name = option.name, values = read_values(option, texts[option]) } end
  end
  local seeds, message = value_lists.seeds(seeds_text)
  if not seeds then command.refuse(("--seeds is '%s': %s"):format(seeds_text, message)) end
  return make(options, seeds)
end

---The flags that give a run its options.
---@return string[]
function plan.flags(p, run)
  local flags = {}
  for i, option in ipairs(p.options) do flags[i] = ("--%s=%s"):format(option.name, kinds.text(run.values[i])) end
  return flags
end

return plan
