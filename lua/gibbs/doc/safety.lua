--- Doc entries: looking at a script before it runs, and keeping one that runs within bounds.

return {
  title = "Checks, limits, the sandbox",
  order = 920,
  {
    name = "gibbs check",
    signature = "gibbs check [--seconds N] script.lua [the script's options]",
    what = "Looks for mistakes in a script without running what is long and without writing anything: unknown names and options, shapes that do not agree, "
      .. "gradients that are not those of their objective, energies that are not finite, data that are missing, files that could not be written, sums that are "
      .. "too large. The script is run to its end with its real objects, but every call does a few steps or sweeps of those that it is asked for, estimates say "
      .. "that they converged, and what is written goes to a folder that is thrown away, from where it is read back; on Linux the kernel (Landlock) lets nothing "
      .. "be written elsewhere. Names are looked for in code that does not run, too. If nothing is found, it is told what is built, which exact sums there are, "
      .. "how long the calls would take (roughly), what is read and written, and how much memory was in use.",
    parameters = {
      { "script.lua", "string", "the script; its options follow" },
      { "--seconds", "number", "how long to look, before the script; 20 unless given. What comes after is named" },
    },
    errors = "Exit code 3 when something was found, with the script's lines. A script that stops itself by error or assert, after it was given less than it "
      .. "asked for, is told of and no mistake.",
    cost = "Mostly less than a few seconds. Gradients are compared with differences where an objective has at most 14 visible units and 400 parameters.",
    see = { "gibbs run", "objective:check", "distribution:describe" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2) }
local fit = gibbs.minimize(gibbs.free_energy(Q) + gibbs.l2(Q), Q, { steps = 100000 })
if fit.steps == 100000 then
  gibbs.write("fit.json", { fit.valeu })
  print(stepps)
end
gibbs.write("tables/fit.json", { fit.value })
END
gibbs check study.lua || echo "exit $?"
# --> study.lua:6: undefined variable 'stepps'
# --> study.lua:8: 'tables/fit.json' could not be written: its folder is not there
# --> 2 problems
# --> exit 3]],
  },
  {
    name = "gibbs --sandbox",
    signature = "gibbs --sandbox [--allow PATH ...] script.lua",
    what = "Runs a script that is kept from everything but its folder: the working folder, or that of the recorded run (gibbs run --sandbox script.lua). It "
      .. "reads and writes files below it, after links and '..' are followed, and reads the files and folders that --allow names; it starts no program but "
      .. "gnuplot for its figures, which gets no text as a command; loads no bytecode and no C module; and has no environment variables, finalizers (__gc), "
      .. "os.exit, nor more of debug than traceback. Modules are text files below the folder, and gibbs with what it has for scripts. HDF5 files that keep data in "
      .. "other files are refused, in a sandbox or not. There are two walls: the script's globals are a list of what is allowed, and every file passes a guard; "
      .. "and on Linux with Landlock (gibbs --version tells) the kernel holds the process and what it starts to the same folders, without network. "
      .. "Neither bounds time or memory: add --time and --memory.",
    parameters = {
      { "PATH", "string", "of --allow, which may be given again: a file or a folder that may be read too" },
      { "script.lua", "string", "the script; it may lie anywhere" },
    },
    errors = "What is refused is an error of the script at its line: exit code 1.",
    see = { "gibbs --memory", "gibbs --time", "gibbs run" },
    example = [[
echo 'os.execute("rm -rf .")' > script.lua
gibbs --sandbox script.lua || echo "exit $?"
echo 'print(io.open("/etc/hostname"))' > script.lua
gibbs --sandbox script.lua
# --> script.lua:1: os.execute is not there in the sandbox
# --> exit 1
# --> nil	/etc/hostname: the sandbox lets nothing be read outside of ...]],
  },
  {
    name = "gibbs --memory",
    signature = "gibbs --memory SIZE script.lua",
    what = "Runs a script that gets no more memory than this, in Lua, in the core's arrays and in the libraries together, beyond what the program holds before "
      .. "the script begins. A call that would need more is an error of the script, which says so. Commands that run a script have it too: gibbs run --memory 2G "
      .. "script.lua.",
    parameters = { { "SIZE", "string", "bytes by powers of 1024: 500M, 1.5G, from 64M on" }, { "script.lua", "string", "the script" } },
    errors = "out of memory; the limit is 500M (--memory): exit code 1.",
    see = { "gibbs --time", "gibbs --sandbox" },
    example = [[
echo 'print(#("x"):rep(2^20))' > script.lua
gibbs --memory 500M script.lua
# --> 1048576]],
  },
  {
    name = "gibbs --time",
    signature = "gibbs --time TIME script.lua",
    what = "Runs a script that is ended after this time, by a clock that nobody sets: as Ctrl-C does, so that a training keeps its last step in its checkpoint, "
      .. "but no pcall, coroutine or message handler goes on after it. A script that does not stop when asked, as in a pattern that tries everything, ends with "
      .. "the process a few seconds later (a tenth of the time more, a minute at most). Commands that run a script have it too: gibbs run --time 1h script.lua.",
    parameters = { { "TIME", "string", "90, 90s, 15m, 1h30m or 2d" }, { "script.lua", "string", "the script" } },
    errors = "the time limit of 1h is over (--time), with the script's line: exit code 124. A recorded run counts as interrupted, and gibbs resume goes on with it.",
    see = { "gibbs --memory", "gibbs --sandbox", "gibbs resume" },
    example = [[
echo 'while true do pcall(function() while true do end end) end' > script.lua
gibbs --time 0.2s script.lua || echo "exit $?"
# --> script.lua:1: the time limit of 0.2s is over (--time)
# --> exit 124]],
  },
}
