# SPDX-License-Identifier: Apache-2.0
#
# Photo formats beyond JPEG, PNG and BMP: each -DKIN_NAME=AUTO (built in where its library is found), ON (must be
# found) or OFF. Out: KIN_FORMAT_LIBRARIES, KIN_FORMAT_DEFINITIONS (KIN_HAVE_NAME, for src/image) and, for kin.pc,
# KIN_FORMAT_FLAGS: -lheif and so on, not Requires.private, which would ask for all that libheif is made of (libnuma, which
# Debian's x265.pc names and libx265-dev lacks).
set(KIN_FORMAT_LIBRARIES "")
set(KIN_FORMAT_DEFINITIONS "")
set(KIN_FORMAT_FLAGS "")
set(formats_in ", bmp")
set(formats_out "")

# What is `found` of a library: in or out.
macro(kin_format_take name format library found version targets)
  if(${found})
    list(APPEND KIN_FORMAT_LIBRARIES ${targets})
    list(APPEND KIN_FORMAT_DEFINITIONS KIN_HAVE_${name})
    string(APPEND formats_in ", ${format} (${library} ${version})")
  elseif(KIN_${name} STREQUAL "ON")
    message(FATAL_ERROR "KIN_${name}=ON, but ${library} was not found")
  else()
    string(APPEND formats_out ", ${format}")
  endif()
endmacro()

macro(kin_format name format library) # behind: modules of pkg-config, "libwebp>=1.0"
  set(KIN_${name} AUTO CACHE STRING "read ${format} by ${library}: AUTO, ON or OFF")
  set_property(CACHE KIN_${name} PROPERTY STRINGS AUTO ON OFF)
  set(format_found OFF)
  if(NOT KIN_${name} STREQUAL "OFF")
    set(format_found ON)
    foreach(module ${ARGN})
      string(REGEX REPLACE "[^A-Za-z0-9].*" "" bare ${module})
      pkg_check_modules(FORMAT_${bare} QUIET IMPORTED_TARGET ${module})
      if(NOT FORMAT_${bare}_FOUND)
        set(format_found OFF)
      endif()
    endforeach()
  endif()
  set(format_version "")
  set(format_targets "")
  if(format_found)
    foreach(module ${ARGN})
      string(REGEX REPLACE "[^A-Za-z0-9].*" "" bare ${module})
      list(APPEND KIN_FORMAT_FLAGS ${FORMAT_${bare}_LDFLAGS})
      list(APPEND format_targets PkgConfig::FORMAT_${bare})
      set(format_version ${FORMAT_${bare}_VERSION})
    endforeach()
  endif()
  kin_format_take(${name} "${format}" ${library} format_found "${format_version}" "${format_targets}")
endmacro()

kin_format(WEBP webp libwebp libwebp>=1.0 libwebpdemux)
kin_format(TIFF tiff libtiff libtiff-4>=4.5)
kin_format(HEIF "heic and avif" libheif libheif>=1.12)

# giflib has no pkg-config file in Debian 12.
set(KIN_GIF AUTO CACHE STRING "read gif by giflib: AUTO, ON or OFF")
set_property(CACHE KIN_GIF PROPERTY STRINGS AUTO ON OFF)
set(GIF_FOUND OFF)
if(NOT KIN_GIF STREQUAL "OFF")
  find_package(GIF 5.1 QUIET)
endif()
if(GIF_FOUND)
  list(APPEND KIN_FORMAT_FLAGS -lgif)
endif()
kin_format_take(GIF gif giflib GIF_FOUND "${GIF_VERSION}" GIF::GIF)

if(formats_out)
  string(REGEX REPLACE "^, " "; not built in: " formats_out "${formats_out}")
endif()
message(STATUS "photo formats: jpeg, png${formats_in}${formats_out}")
string(REPLACE ";" " " KIN_FORMAT_FLAGS "${KIN_FORMAT_FLAGS}")
set_source_files_properties(src/image/codecs.c PROPERTIES COMPILE_DEFINITIONS "KIN_PHOTO_FORMATS=\"${formats_in}${formats_out}\"")
