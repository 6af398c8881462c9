package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;

/**
 * The code of a Python function, as {@code marshal} writes it into files.
 *
 * @param arguments number of its arguments
 * @param instructions an operation and its operand in two bytes each
 * @param constants its constants: a {@link JsonNode}, or another object that is none
 * @param names the names that it looks up
 */
record PythonCode(
    int arguments,
    ImmutableList<Instruction> instructions,
    ImmutableList<Object> constants,
    ImmutableList<String> names) {

  /**
   * One instruction.
   *
   * @param operation its number, which depends on the version of Python
   * @param operand 0 where the operation has none
   */
  record Instruction(int operation, int operand) {}

  static ImmutableList<Instruction> instructions(byte[] code) {
    ImmutableList.Builder<Instruction> instructions = ImmutableList.builder();
    for (int i = 0; i + 1 < code.length; i += 2) {
      instructions.add(new Instruction(code[i] & 0xff, code[i + 1] & 0xff));
    }
    return instructions.build();
  }

  /** Whether Python 3.11 or newer compiled it: its functions begin by saying so. */
  boolean isOfPython311() {
    return !instructions.isEmpty() && instructions.get(0).operation() == 151;
  }
}
