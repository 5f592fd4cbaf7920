# SPDX-License-Identifier: Apache-2.0
#
# Cards of published files that carry none: every models/cards/*.json with a list "fingerprints" (of files' bytes) becomes
# lines {fingerprint, text} of generated/format/card/known_cards.inc, which src/format/card/known.c includes.
file(GLOB cards CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/cards/*.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${cards})
set(known_cards "")
foreach(card ${cards})
  file(READ ${card} text)
  string(JSON count ERROR_VARIABLE none LENGTH "${text}" fingerprints)
  if(none)
    continue()
  endif()
  string(REPLACE "\\" "\\\\" literal "${text}")
  string(REPLACE "\"" "\\\"" literal "${literal}")
  string(REPLACE "\n" "\\n\"\n \"" literal "${literal}")
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON fingerprint GET "${text}" fingerprints ${i})
    string(APPEND known_cards "{\"${fingerprint}\",\n \"${literal}\"},\n")
  endforeach()
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/format/card/known_cards.inc CONTENT "${known_cards}" @ONLY)
