# libkith: the rooms without I/O as one library with its headers and a CMake package, for engineers who
# implement the protocol elsewhere. examples/ shows its use; the test install.library builds that.
set(kith_library_rooms base crypto note tlog identity trust)
add_library(libkith STATIC)
set_target_properties(libkith PROPERTIES OUTPUT_NAME kith)
target_link_libraries(libkith PRIVATE kith_flags)
foreach(room ${kith_library_rooms})
  if(TARGET kith_${room})
    get_target_property(type kith_${room} TYPE)
  endif()
  if(type STREQUAL "STATIC_LIBRARY")
    set(type "")
    target_sources(libkith PRIVATE $<TARGET_OBJECTS:kith_${room}>)
    file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${room}/*.h)
    list(FILTER headers EXCLUDE REGEX "_tests?\\.h$")
    install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/kith/${room} COMPONENT library)
  endif()
endforeach()
install(TARGETS libkith ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)

include(CMakePackageConfigHelpers)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/kithConfig.cmake.in
  ${CMAKE_BINARY_DIR}/kithConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kith
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/kithConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/kithConfig.cmake ${CMAKE_BINARY_DIR}/kithConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kith COMPONENT library)

install(FILES ${CMAKE_SOURCE_DIR}/etc/man/kith.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_SOURCE_DIR}/etc/man/kith-sim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_SOURCE_DIR}/etc/man/kithd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
# Where kithd lies is known when it is installed: --prefix may name another place.
install(CODE "
  set(KITH_BINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  configure_file(${CMAKE_SOURCE_DIR}/etc/systemd/kithd.service.in ${CMAKE_BINARY_DIR}/kithd.service @ONLY)")
install(FILES ${CMAKE_BINARY_DIR}/kithd.service DESTINATION lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/etc/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME kith.conf)
install(FILES ${CMAKE_SOURCE_DIR}/etc/systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME kith.conf)

# The shells' completions, as the programs themselves write them.
set(kith_completions bash bash-completion/completions/@ zsh zsh/site-functions/_@ fish fish/vendor_completions.d/@.fish)
foreach(program kith kithd kith-sim)
  if(TARGET ${program})
    set(shells ${kith_completions})
    while(shells)
      list(POP_FRONT shells shell path)
      string(REPLACE "@" "${program}" path "${CMAKE_INSTALL_DATADIR}/${path}")
      install(CODE "
        set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${path}\")
        get_filename_component(folder \"\${file}\" DIRECTORY)
        file(MAKE_DIRECTORY \"\${folder}\")
        execute_process(COMMAND ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${program} completion ${shell}
          OUTPUT_FILE \"\${file}\" COMMAND_ERROR_IS_FATAL ANY)
        message(STATUS \"Installing: \${file}\")")
    endwhile()
  endif()
endforeach()
