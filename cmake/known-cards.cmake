# SPDX-License-Identifier: Apache-2.0
#
# Every models/cards/*.json becomes lines {key, text} of generated/format/card/known_cards.inc, which src/format/card/known.c
# includes. Keys: the file's name, for networks known by name, and each of its list "fingerprints" (of the bytes of published
# files that carry no card).
file(GLOB cards CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/cards/*.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${cards})
set(known_cards "")
foreach(card ${cards})
  file(READ ${card} text)
  get_filename_component(name ${card} NAME_WE)
  set(keys ${name})
  string(JSON count ERROR_VARIABLE none LENGTH "${text}" fingerprints)
  if(NOT none)
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON fingerprint GET "${text}" fingerprints ${i})
      list(APPEND keys ${fingerprint})
    endforeach()
  endif()
  string(REPLACE "\\" "\\\\" literal "${text}")
  string(REPLACE "\"" "\\\"" literal "${literal}")
  string(REPLACE "\n" "\\n\"\n \"" literal "${literal}")
  foreach(key ${keys})
    string(APPEND known_cards "{\"${key}\",\n \"${literal}\"},\n")
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/format/card/known_cards.inc CONTENT "${known_cards}" @ONLY)
