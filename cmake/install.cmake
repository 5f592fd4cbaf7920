# SPDX-License-Identifier: Apache-2.0
#
# make install: command, library (static and shared), headers, pkg-config, man pages, bash completion.
include(GNUInstallDirs)
install(TARGETS kin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS kin_static kin_shared ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

configure_file(cmake/kin.pc.in kin.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/kin.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The manual is printed by the command itself, from its tables.
set(manual ${CMAKE_BINARY_DIR}/manual)
add_custom_command(OUTPUT ${manual}/done
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/make-manual $<TARGET_FILE:kin> ${manual}
  COMMAND ${CMAKE_COMMAND} -E touch ${manual}/done
  DEPENDS kin ${CMAKE_SOURCE_DIR}/scripts/make-manual)
add_custom_target(manual ALL DEPENDS ${manual}/done)
install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${manual}/kin DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
