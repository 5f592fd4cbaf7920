# SPDX-License-Identifier: Apache-2.0
#
# Photo formats beyond JPEG, PNG and BMP: each -DKIN_NAME=AUTO (built in where its library is found), ON (must be
# found) or OFF. The libraries are not linked but loaded when a photo needs them (src/os/library.h): only their headers and
# the name of their file are used here. Out: KIN_LOADED_INCLUDES, KIN_LOADED_DEFINITIONS: KIN_HAVE_NAME and
# KIN_NAME_FILE="libname.so.7".
set(KIN_LOADED_INCLUDES "")
set(KIN_LOADED_DEFINITIONS "")
set(formats_in ", bmp")
set(formats_out "")

# Makes KIN_<name>_FILE, what the loader knows this library as, and its headers known.
function(kin_loaded name library directories includes)
  find_library(KIN_${name}_LIBRARY ${library} HINTS ${directories} REQUIRED)
  execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${KIN_${name}_LIBRARY} OUTPUT_VARIABLE headers ERROR_QUIET)
  if(NOT headers MATCHES "SONAME +([^\n]+)")
    message(FATAL_ERROR "${KIN_${name}_LIBRARY} is no shared library: use -DKIN_${name}=OFF")
  endif()
  set(KIN_LOADED_INCLUDES ${KIN_LOADED_INCLUDES} ${includes} PARENT_SCOPE)
  set(KIN_LOADED_DEFINITIONS ${KIN_LOADED_DEFINITIONS} KIN_HAVE_${name} "KIN_${name}_FILE=\"${CMAKE_MATCH_1}\"" PARENT_SCOPE)
endfunction()

# What is `found` of a library: in or out.
macro(kin_format_take name format library found version file directories includes)
  if(${found})
    kin_loaded(${name} ${file} "${directories}" "${includes}")
    string(APPEND formats_in ", ${format} (${library} ${version})")
  elseif(KIN_${name} STREQUAL "ON")
    message(FATAL_ERROR "KIN_${name}=ON, but ${library} was not found")
  else()
    string(APPEND formats_out ", ${format}")
  endif()
endmacro()

macro(kin_format name format library module file) # module of pkg-config: "libwebp>=1.0"
  set(KIN_${name} AUTO CACHE STRING "read ${format} by ${library}: AUTO, ON or OFF")
  set_property(CACHE KIN_${name} PROPERTY STRINGS AUTO ON OFF)
  set(${name}_FOUND OFF)
  if(NOT KIN_${name} STREQUAL "OFF")
    pkg_check_modules(${name} QUIET ${module})
  endif()
  kin_format_take(${name} "${format}" ${library} ${name}_FOUND "${${name}_VERSION}" ${file} "${${name}_LIBRARY_DIRS}"
                  "${${name}_INCLUDE_DIRS}")
endmacro()

kin_format(WEBP webp libwebp libwebpdemux>=1.0 webpdemux)
kin_format(TIFF tiff libtiff libtiff-4>=4.5 tiff)
kin_format(HEIF "heic and avif" libheif libheif>=1.12 heif)

# giflib has no pkg-config file in Debian 12.
set(KIN_GIF AUTO CACHE STRING "read gif by giflib: AUTO, ON or OFF")
set_property(CACHE KIN_GIF PROPERTY STRINGS AUTO ON OFF)
set(GIF_FOUND OFF)
if(NOT KIN_GIF STREQUAL "OFF")
  find_package(GIF 5.1 QUIET)
endif()
kin_format_take(GIF gif giflib GIF_FOUND "${GIF_VERSION}" gif "" "${GIF_INCLUDE_DIRS}")

if(formats_out)
  string(REGEX REPLACE "^, " "; not built in: " formats_out "${formats_out}")
endif()
message(STATUS "photo formats: jpeg, png${formats_in}${formats_out}")
set_source_files_properties(src/image/codecs.c PROPERTIES COMPILE_DEFINITIONS "KIN_PHOTO_FORMATS=\"${formats_in}${formats_out}\"")

# Boxes and names are drawn with cairo, which must be there; it too is loaded when something is drawn.
pkg_check_modules(CAIRO REQUIRED cairo)
kin_loaded(CAIRO cairo "${CAIRO_LIBRARY_DIRS}" "${CAIRO_INCLUDE_DIRS}")
