package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RowNumbersTest {
  private static List<Long> numbers(String text) {
    List<Long> numbers = new ArrayList<>();
    RowNumbers.parse(text).forEach(numbers::add);
    return numbers;
  }

  @Test
  void numbersAreAscendingAndEachOnce() {
    assertEquals(List.of(5L, 7L, 8L, 9L), numbers("5,7-9"));
    assertEquals(List.of(1L, 2L, 3L, 4L), numbers("3-4, 1,2,2-3"));
    assertEquals(4, RowNumbers.parse("5,7-9").count());
    assertEquals(9, RowNumbers.parse("7-9,5").last());
    assertEquals(0, RowNumbers.between(5, 5).count());
    assertEquals(2, RowNumbers.between(5, 7).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "3-2", "1,,2", "x", "1-", "9999999999999999999"})
  void whatIsNoRowIsRefused(String text) {
    assertThrows(TypeConversionException.class, () -> RowNumbers.parse(text));
  }
}
