# Flags for everything of ours, and the two functions by which a room declares itself.

add_library(kith_flags INTERFACE)
target_compile_options(kith_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wimplicit-fallthrough -Werror
  -Wno-gnu-statement-expression-from-macro-expansion)
target_include_directories(kith_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_options(kith_flags INTERFACE -fuse-ld=lld)

if(KITH_SANITIZE)
  target_compile_options(kith_flags INTERFACE
    -fsanitize=${KITH_SANITIZE} -fno-sanitize=function -fno-omit-frame-pointer -O1
    -fno-sanitize-recover=all)
  target_link_options(kith_flags INTERFACE -fsanitize=${KITH_SANITIZE} -fno-sanitize=function)
  # libstdc++'s assertions cost little and catch what the sanitizers cannot see.
  target_compile_definitions(kith_flags INTERFACE _GLIBCXX_ASSERTIONS)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(kith_flags INTERFACE
    -O2 -g1 -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_compile_definitions(kith_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(kith_flags INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

# Precompiled headers (KITH_PCH) save a third of a build from nothing. They are for the sanitizers' builds,
# which run once on a fresh clone; the release build goes without, so that a missing #include is seen.
add_library(kith_pch_headers INTERFACE)
if(KITH_PCH)
  target_precompile_headers(kith_pch_headers INTERFACE
    <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <cstring> <deque> <expected>
    <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <set> <span>
    <sstream> <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant> <vector>)
  # The same file, built again elsewhere, is the same.
  target_compile_options(kith_pch_headers INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# kith_precompile(TARGET HEADER…): the common ones and these, when asked for.
function(kith_precompile TARGET)
  if(KITH_PCH)
    target_link_libraries(${TARGET} PRIVATE kith_pch_headers)
    target_precompile_headers(${TARGET} PRIVATE ${ARGN})
  endif()
endfunction()

# kith_fuzzers(NAME LIBRARY a_fuzz.cc…): libFuzzer's targets with KITH_FUZZ; else one test that runs
# each over its corpus in the tree.
function(kith_fuzzers NAME LIBRARY)
  if(KITH_FUZZ)
    foreach(fuzzer ${ARGN})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE ${LIBRARY})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers ${target})
    endforeach()
  elseif(BUILD_TESTING AND ARGN)
    set(targets "")
    foreach(fuzzer ${ARGN})
      get_filename_component(target ${fuzzer} NAME_WE)
      # They share a name: each gets its own.
      set_source_files_properties(${fuzzer} PROPERTIES
        COMPILE_DEFINITIONS "LLVMFuzzerTestOneInput=kith_${target}")
      string(APPEND targets " KITH_TARGET(${target})")
    endforeach()
    add_executable(${NAME}_corpus ${ARGN} ${CMAKE_SOURCE_DIR}/fuzz/replay.cc)
    target_compile_definitions(${NAME}_corpus PRIVATE "KITH_TARGETS=${targets}")
    target_link_libraries(${NAME}_corpus PRIVATE ${LIBRARY})
    add_test(NAME corpus.${NAME} COMMAND ${NAME}_corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus)
    set_tests_properties(corpus.${NAME} PROPERTIES LABELS unit)
  endif()
endfunction()

# kith_room(NAME DEPENDS a b): the folder src/NAME as the library kith_NAME. Every *.cc beside the
# CMakeLists.txt is part of it, *_test.cc its unit tests, *_fuzz.cc its fuzz targets.
function(kith_room NAME)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(TRANSFORM ROOM_DEPENDS PREPEND kith_ OUTPUT_VARIABLE rooms)
  foreach(room ${rooms})
    if(NOT TARGET ${room})
      message(STATUS "room ${NAME} waits for ${room}")
      return()
    endif()
  endforeach()
  if(sources)
    add_library(kith_${NAME} STATIC ${sources})
    target_link_libraries(kith_${NAME} PUBLIC kith_flags ${rooms} ${ROOM_LIBRARIES})
    set(asio "")
    if("kith_asio" IN_LIST ROOM_LIBRARIES OR "net" IN_LIST ROOM_DEPENDS)
      set(asio <boost/asio.hpp>)
    endif()
    set(json "")
    if("Boost::json" IN_LIST ROOM_LIBRARIES)
      set(json <boost/json.hpp>)
    endif()
    kith_precompile(kith_${NAME} ${asio} ${json})
  else()
    add_library(kith_${NAME} INTERFACE)
    target_link_libraries(kith_${NAME} INTERFACE kith_flags ${rooms} ${ROOM_LIBRARIES})
  endif()
  if(BUILD_TESTING AND tests)
    add_executable(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE kith_${NAME} kith_test_main)
    kith_precompile(${NAME}_test <gmock/gmock.h> <gtest/gtest.h> ${asio} ${json})
    add_test(NAME unit.${NAME} COMMAND ${NAME}_test)
    set_tests_properties(unit.${NAME} PROPERTIES
      ENVIRONMENT "KITH_SOURCE=${CMAKE_SOURCE_DIR};KITH_BUILD=${CMAKE_BINARY_DIR}" LABELS unit)
  endif()
  kith_fuzzers(${NAME} kith_${NAME} ${fuzzers})
endfunction()
