# SPDX-License-Identifier: Apache-2.0
#
# make install: command, library (static and shared), headers, pkg-config, man pages, bash completion, licences.
include(GNUInstallDirs)
install(TARGETS kin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS kin_static kin_shared ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

# CMake strips programs and shared libraries (make install asks for it), of the archive only debug text may go.
install(CODE "
  if(CMAKE_INSTALL_DO_STRIP)
    execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libkin.a\")
  endif()")

# Written when installing, for the prefix that is given then.
install(CODE "
  set(CMAKE_INSTALL_LIBDIR \"${CMAKE_INSTALL_LIBDIR}\")
  set(CMAKE_INSTALL_INCLUDEDIR \"${CMAKE_INSTALL_INCLUDEDIR}\")
  set(PROJECT_VERSION \"${PROJECT_VERSION}\")
  configure_file(\"${CMAKE_SOURCE_DIR}/cmake/kin.pc.in\"
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig/kin.pc\" @ONLY)")

# The manual is printed by the command itself, from its tables.
set(manual ${CMAKE_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${manual}/done
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/make-manual $<TARGET_FILE:kin> ${manual}
  COMMAND ${CMAKE_COMMAND} -E touch ${manual}/done
  DEPENDS kin ${CMAKE_SOURCE_DIR}/scripts/make-manual)
add_custom_target(manual ALL DEPENDS ${manual}/done)
install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${manual}/kin DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# What binds the use of code and models. The cards themselves are inside the models.
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES models/LICENCE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENCE.models)
