-- gibbs for LuaRocks: from the folder of the source, luarocks --lua-version 5.4 make lua/gibbs-scm-1.rockspec
-- CMake builds the one file that is the module; what it needs of the system it names, with Debian's packages.
rockspec_format = "3.0"
package = "gibbs"
version = "scm-1"
source = { url = "file://." }
description = {
  summary = "Energy-based models and renormalization",
  detailed = [[
An interpreter for experiments with energy-based models, as a module: energies, targets and objectives are written as
expressions; a C core sums, samples, differentiates and trains. It needs GSL, OpenBLAS, HDF5, cJSON and zlib.]],
  license = "GPL-3.0-or-later",
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.4, < 5.5" }
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    GIBBS_MODULE_ONLY = "ON",
    GIBBS_MODULE_FOLDER = "$(LIBDIR)",
  },
}
