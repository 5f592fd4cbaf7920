# SPDX-License-Identifier: Apache-2.0
#
# XMP for src/tags: -DKIN_EXEMPI=AUTO (built in where exempi is found), ON (must be found) or OFF. Adds to what
# photo-formats.cmake made.
set(KIN_EXEMPI AUTO CACHE STRING "names in XMP by exempi: AUTO, ON or OFF")
set_property(CACHE KIN_EXEMPI PROPERTY STRINGS AUTO ON OFF)
set(EXEMPI_FOUND OFF)
if(NOT KIN_EXEMPI STREQUAL "OFF")
  pkg_check_modules(EXEMPI QUIET exempi-2.0>=2.5)
endif()
if(EXEMPI_FOUND)
  kin_loaded(EXEMPI exempi "${EXEMPI_LIBRARY_DIRS}" "${EXEMPI_INCLUDE_DIRS}")
  set_source_files_properties(src/tags/exempi.c PROPERTIES COMPILE_DEFINITIONS "KIN_EXEMPI_VERSION=\"${EXEMPI_VERSION}\"")
  message(STATUS "names in photo metadata: exempi ${EXEMPI_VERSION}")
elseif(KIN_EXEMPI STREQUAL "ON")
  message(FATAL_ERROR "KIN_EXEMPI=ON, but exempi was not found")
else()
  message(STATUS "names in photo metadata: no exempi, so Picasa's files only")
endif()
