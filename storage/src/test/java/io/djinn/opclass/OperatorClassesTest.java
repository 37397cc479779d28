package io.djinn.opclass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OperatorClassesTest {
  @Test
  void classesAreFoundByNameAndArgument() {
    assertTrue(OperatorClasses.names().contains("array_ops"));
    assertEquals("array_ops/int4", OperatorClasses.find("array_ops", "int4").spelling());
    assertEquals("array_ops/int8", OperatorClasses.find("array_ops", "int8").spelling());
  }

  @Test
  void theFirstArgumentIsMeantWhereNoneIsWritten() {
    assertEquals("array_ops/text", OperatorClasses.find("array_ops", "").spelling());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> OperatorClasses.find("arrays", ""))
            .getMessage();
    assertTrue(message.contains("\"arrays\"") && message.contains("array_ops"), message);
  }

  @Test
  void anUnknownArgumentIsAnsweredWithTheKnownOnes() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> OperatorClasses.find("array_ops", "money"))
            .getMessage();
    assertEquals(
        "operator class array_ops takes one of text, int4, int8, int2, float4, float8, numeric, date,"
            + " timestamp, timestamptz, uuid, bool, bytea, not \"money\"",
        message);
  }
}
