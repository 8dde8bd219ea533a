--- The manifest of a recorded run: manifest.json in its folder, which says what its numbers came from and how it ended.
---
--- { format, status, exit, error, script = { path, sha256, text }, files = { { path, sha256, bytes, how } }, options, arguments,
---   seed, seed_given, threads, directory, folder, started, ended, seconds, resumed, gibbs, libraries, processor, metrics, volatile }

local _, core = ...
local access = require "gibbs.access"

local manifest = {}

manifest.format = "gibbs run 1"

-- ---- texts: JSON holds UTF-8 alone ---------------------------------------------------------------------------

---A text with whatever is not UTF-8 replaced.
---@param text string
function manifest.text(text)
  local pieces, at = {}, 1
  while true do
    local length, bad = utf8.len(text, at)
    if length then break end
    pieces[#pieces + 1] = text:sub(at, bad - 1) .. "\u{FFFD}"
    at = bad + 1
  end
  pieces[#pieces + 1] = text:sub(at)
  return (table.concat(pieces):gsub("%z", "\u{FFFD}"))
end

--- A script in another encoding is kept byte by byte, each as a character of Latin-1.
local function pack_script(script)
  local packed = { path = manifest.text(script.path), sha256 = core.sha256_text(script.text), text = script.text }
  if not utf8.len(script.text) then
    packed.text = script.text:gsub("[\x80-\xff]", function(byte) return utf8.char(byte:byte()) end)
    packed.encoding = "latin-1"
  end
  return packed
end

local function unpack_script(script)
  if script.encoding ~= "latin-1" then return script.text end
  return (script.text:gsub(utf8.charpattern, function(character) return string.char(utf8.codepoint(character)) end))
end

-- ---- reading and writing -------------------------------------------------------------------------------------

---Write the manifest of a folder: it is complete, or the one that was there stays.
---@param folder string
---@param content table  `script` = { path, text }
function manifest.write(folder, content)
  local copy = {}
  for name, value in pairs(content) do copy[name] = value end
  copy.format, copy.script = manifest.format, pack_script(content.script)
  core.fields.write(folder .. "/manifest.json", copy)
end

--- What a table read from a file must hold: name -> type.
local needed = { status = "string", script = "table", options = "table", arguments = "table", files = "table", seed = "number",
  folder = "string" }

--- nil, and what is wrong with the content of a manifest.
local function judge(content)
  if type(content) ~= "table" or type(content.format) ~= "string" or not content.format:match "^gibbs run " then
    return "is no manifest of a run"
  end
  if content.format ~= manifest.format then
    return ("is of another version: this program reads '%s', not '%s'"):format(manifest.format, content.format)
  end
  for name, kind in pairs(needed) do
    if type(content[name]) ~= kind then return ("is damaged: '%s' is missing"):format(name) end
  end
  if type(content.script.text) ~= "string" or type(content.script.path) ~= "string" then return "is damaged: 'script' is missing" end
end

---The manifest of a folder, with `status` "killed" where its process is gone; or nil and what is wrong.
---@param folder string
---@return table?, string?
function manifest.read(folder)
  local path = folder .. "/manifest.json"
  local file, why = access.raw.open(path, "rb")
  if not file then
    if core.run_place(folder) == "foreign" then return nil, ("'%s' is no recorded run: it has no manifest.json"):format(folder) end
    return nil, ("there is no recorded run in '%s': %s"):format(folder, (why:gsub("^.*: ", "")))
  end
  file:close()
  local ok, content = pcall(core.fields.read, path)
  if not ok then return nil, (tostring(content):gsub("^gibbs%.read: ", "")) end
  local wrong = judge(content)
  if wrong then return nil, ("'%s' %s"):format(path, wrong) end
  content.script.text = unpack_script(content.script)
  if core.sha256_text(content.script.text) ~= content.script.sha256 then
    return nil, ("'%s' is damaged: the script's text is not the one that its hash belongs to"):format(path)
  end
  content.process = core.run_held(folder)
  if content.status == "running" and not content.process then content.status = "killed" end
  return content
end

-- ---- what may differ between two runs -------------------------------------------------------------------------

---Whether a name is that of a time, or said to be volatile: what two runs need not agree on.
---@param name string
---@param volatile table<string, boolean>
function manifest.is_volatile(name, volatile)
  return name:match "seconds$" ~= nil or name:match "seconds_error$" ~= nil or volatile[name] == true
end

---The names that the scripts of some runs say are volatile.
---@param manifests table[]
---@return table<string, boolean>
function manifest.volatile(manifests)
  local names = {}
  for _, content in ipairs(manifests) do
    for _, name in ipairs(type(content.volatile) == "table" and content.volatile.columns or {}) do names[name] = true end
  end
  return names
end

-- ---- files that a script uses -----------------------------------------------------------------------------------

---A path as the manifest names files: relative to the run's directory, if it lies there.
---@param path string
---@param directory string
function manifest.relative(path, directory)
  local function without(start) if path:sub(1, #start) == start then path = path:sub(#start + 1) end end
  without(directory .. "/")
  without "./"
  return path
end

---@class gibbs.FilesUsed
local Files = {}
Files.__index = Files

---A list of the files that a script reads, loads and writes; of those in the run's own folder, only what is written.
---@param folder string
---@return gibbs.FilesUsed
function manifest.files(folder)
  local directory = core.directory()
  return setmetatable({ list = {}, by_path = {}, paused = 0, directory = directory, folder = manifest.relative(folder, directory) .. "/" },
    Files)
end

--- What the recorder itself does is not the script's.
function Files:pause() self.paused = self.paused + 1 end
function Files:go_on() self.paused = self.paused - 1 end

---A file is about to be used.  What is read is hashed as it is now; what is written, at the end.
function Files:see(path, how)
  if self.paused > 0 then return end
  path = manifest.relative(path, self.directory)
  if how == "read" and path:sub(1, #self.folder) == self.folder then return end
  local before = self.by_path[path]
  if before and (before.how == how or before.how == "written") then return end
  local entry = { path = path, how = how }
  if how ~= "written" then
    local hash, bytes = core.sha256(path)
    if not hash then return end -- it is not there, or no ordinary file
    entry.sha256, entry.bytes = hash, bytes
  end
  self.by_path[path] = entry
  self.list[#self.list + 1] = entry
end

---The entries for the manifest; `final`: with the hashes of what was written and is still there.
function Files:entries(final)
  local entries = {}
  for _, entry in ipairs(self.list) do
    local hash, bytes = entry.sha256, entry.bytes
    if entry.how == "written" and final then hash, bytes = core.sha256(entry.path) end
    if hash then entries[#entries + 1] = { path = manifest.text(entry.path), how = entry.how, sha256 = hash, bytes = bytes } end
  end
  return entries
end

return manifest
