# SPDX-License-Identifier: Apache-2.0
#
# XMP for src/tags: -DKIN_EXEMPI=AUTO (built in where exempi is found), ON (must be found) or OFF. Adds to what
# photo-formats.cmake made.
set(KIN_EXEMPI AUTO CACHE STRING "names in XMP by exempi: AUTO, ON or OFF")
set_property(CACHE KIN_EXEMPI PROPERTY STRINGS AUTO ON OFF)
set(EXEMPI_FOUND OFF)
if(NOT KIN_EXEMPI STREQUAL "OFF")
  pkg_check_modules(EXEMPI QUIET IMPORTED_TARGET exempi-2.0>=2.5)
endif()
if(EXEMPI_FOUND)
  list(APPEND KIN_FORMAT_LIBRARIES PkgConfig::EXEMPI)
  list(APPEND KIN_FORMAT_DEFINITIONS KIN_HAVE_EXEMPI)
  string(REPLACE ";" " " exempi_flags "${EXEMPI_LDFLAGS}")
  string(APPEND KIN_FORMAT_FLAGS " ${exempi_flags}")
  set_source_files_properties(src/tags/exempi.c PROPERTIES COMPILE_DEFINITIONS "KIN_EXEMPI_VERSION=\"${EXEMPI_VERSION}\"")
  message(STATUS "names in photo metadata: exempi ${EXEMPI_VERSION}")
elseif(KIN_EXEMPI STREQUAL "ON")
  message(FATAL_ERROR "KIN_EXEMPI=ON, but exempi was not found")
else()
  message(STATUS "names in photo metadata: no exempi, so Picasa's files only")
endif()
