#!/usr/bin/env gibbs
print("the first line is skipped, and still counted: " .. debug.getinfo(1, "l").currentline)
