package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "7B, 7",
    "8kB, 8192",
    "64MB, 67108864",
    "64mb, 67108864",
    "64 MB, 67108864",
    "1.5GB, 1610612736",
    "1TB, 1099511627776",
    "1GiB, 1073741824",
    "2k, 2048"
  })
  void unitsAreEach1024OfTheOneBefore(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MB", "-1", "1XB", "0.3B", "99999999999TB", "1 MB s"})
  void whatIsNoSizeIsRefused(String text) {
    assertThrows(TypeConversionException.class, () -> ByteSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"1023, 1023 B", "1024, 1.00 kB", "1300000, 1.24 MB", "67108864, 64.0 MB"})
  void sizesAreShownWithThreeDigits(long bytes, String text) {
    assertEquals(text, ByteSize.format(bytes));
  }
}
