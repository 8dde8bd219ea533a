--- What is not as it was when a run was recorded: files that it read, versions, the processor.  In sentences.

local _, core = ...

local changes = {}

local function text_of(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

---@param recorded table  a manifest
---@return string[]
function changes.of_files(recorded)
  local sentences = {}
  local function note(...) sentences[#sentences + 1] = (...):format(select(2, ...)) end
  for _, file in ipairs(recorded.files) do
    local hash = file.how ~= "written" and core.sha256(file.path)
    if hash == nil then
      note("%s, which the run %s, is not there any more", file.path, file.how)
    elseif hash and hash ~= file.sha256 then
      note("%s has changed since the run %s it", file.path, file.how)
    end
  end
  local text = text_of(recorded.script.path)
  if text and text ~= recorded.script.text then
    note("%s has changed since; what runs is the text that was recorded", recorded.script.path)
  end
  return sentences
end

local function sorted_names(libraries)
  local names = {}
  for name in pairs(libraries) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---@param recorded table  a manifest
---@param now table       another, or what core.environment gives
---@return string[]
function changes.of_versions(recorded, now)
  local sentences = {}
  local function note(...) sentences[#sentences + 1] = (...):format(select(2, ...)) end
  if recorded.gibbs ~= now.gibbs then note("recorded by gibbs %s, this is %s", recorded.gibbs, now.gibbs) end
  for _, name in ipairs(sorted_names(recorded.libraries)) do
    if recorded.libraries[name] ~= now.libraries[name] then
      note("recorded with %s %s, this is %s", name, recorded.libraries[name], now.libraries[name] or "not there")
    end
  end
  local before, here = recorded.processor, now.processor
  local function features(processor) return table.concat(processor.features, " ") end
  if before.name ~= here.name or features(before) ~= features(here) then
    note("recorded on another processor: %s (%s), this is %s (%s); the last digits may differ", before.name, features(before), here.name,
      features(here))
  end
  return sentences
end

return changes
