-- command: sweep command_sweep_of_no_script_of_ours.lua --size 8,16
os.exit(0)
