package io.djinn.nativetests.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/** Draws values of the scalar types, as JSON has them; their text is the server's literal. */
enum ScalarValues {
  INT2 {
    @Override
    Object draw(Draw draw) {
      return draw.of(
          (short) draw.nextLong(), draw.between(-9, 9), Short.MIN_VALUE, Short.MAX_VALUE);
    }
  },
  INT4 {
    @Override
    Object draw(Draw draw) {
      return draw.of((int) draw.nextLong(), draw.between(-9, 9), Integer.MIN_VALUE);
    }
  },
  INT8 {
    @Override
    Object draw(Draw draw) {
      return draw.of(
          draw.nextLong(), (long) draw.between(-9, 9), Long.MAX_VALUE, 1900L + draw.below(130));
    }
  },
  FLOAT4 {
    @Override
    Object draw(Draw draw) {
      return draw.percent(15)
          ? draw.of("NaN", "Infinity", "-Infinity")
          : draw.of(
              (Object) new BigDecimal(Float.toString(draw.between(-999, 999) / 8f)),
              new BigDecimal("-0.0"),
              draw.between(-9, 9),
              new BigDecimal(Float.toString(draw.nextLong() * 1e-10f)),
              new BigDecimal("0.1"),
              new BigDecimal("16777217"));
    }
  },
  FLOAT8 {
    @Override
    Object draw(Draw draw) {
      return draw.percent(15)
          ? draw.of("NaN", "Infinity", "-Infinity", "-0")
          : draw.of(
              (Object) new BigDecimal(Double.toString(draw.between(-999, 999) / 8.0)),
              draw.between(-9, 9),
              new BigDecimal(Double.toString(draw.nextLong() * 1e-30)),
              new BigDecimal(Double.toString(draw.nextLong() * 1e200)),
              new BigDecimal("0.1"),
              new BigDecimal("9007199254740993"));
    }
  },
  NUMERIC {
    @Override
    Object draw(Draw draw) {
      return draw.percent(10)
          ? draw.of("NaN", "Infinity", "-Infinity", "1.50", "1.5", "-1.5e3")
          : draw.of(
              (Object) new BigDecimal(BigInteger.valueOf(draw.nextLong()), draw.between(-3, 30)),
              new BigDecimal(BigInteger.valueOf(draw.between(-999, 999)), draw.below(4)),
              BigInteger.valueOf(draw.nextLong()).pow(draw.between(1, 5)),
              draw.between(-9, 9));
    }
  },
  TEXT {
    @Override
    Object draw(Draw draw) {
      StringBuilder text = new StringBuilder();
      for (int i = draw.below(5); i > 0; i--) {
        text.append(
            draw.of("a", "b", "B", "é", "É", "数", "\ud83d\ude00", "\uffee", " ", "'", "\\"));
      }
      return text.toString();
    }
  },
  DATE {
    @Override
    Object draw(Draw draw) {
      return draw.percent(8)
          ? draw.of("infinity", "-infinity", "0001-01-01", "2000-02-29")
          : LocalDate.ofEpochDay(draw.between(-40_000, 40_000)).toString();
    }
  },
  TIMESTAMP {
    @Override
    Object draw(Draw draw) {
      return draw.percent(8) ? draw.of("infinity", "-infinity") : time(draw) + draw.of("", "Z");
    }
  },
  TIMESTAMPTZ {
    @Override
    Object draw(Draw draw) {
      return draw.percent(8)
          ? draw.of("infinity", "-infinity")
          : time(draw) + draw.of("Z", "+00:00", "+02:00", "-11:30", "");
    }
  },
  UUID {
    @Override
    Object draw(Draw draw) {
      return new UUID(draw.of(0L, -1L, draw.nextLong()), draw.nextLong()).toString();
    }
  },
  BOOL {
    @Override
    Object draw(Draw draw) {
      return draw.percent(50);
    }
  },
  BYTEA {
    @Override
    Object draw(Draw draw) {
      byte[] bytes = new byte[draw.below(4)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = draw.of((byte) 0, (byte) 1, (byte) 127, (byte) 128, (byte) 255);
      }
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
  };

  abstract Object draw(Draw draw);

  private static String time(Draw draw) {
    long seconds = draw.between(-2_000_000_000, 2_000_000_000);
    int micros = draw.of(0, 500_000, draw.below(1_000_000));
    String text = LocalDateTime.ofEpochSecond(seconds, micros * 1000, ZoneOffset.UTC).toString();
    return draw.percent(20) ? text.replace('T', ' ') : text;
  }

  /** Its name in SQL. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
