package dev.workflowsteps.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Base62Test {

  @Test
  void encode_zero_isPaddedToTheWidth() {
    assertThat(Base62.encode(new byte[2], 4)).isEqualTo("0000");
  }

  @Test
  void encode_knownNumber_hasTheMostSignificantDigitFirst() {
    assertThat(Base62.encode(new byte[] {1, 0}, 3)).isEqualTo("048"); // 256 = 4 * 62 + 8
  }

  @Test
  void decode_everyEncodedNumber_comesBack() {
    Random random = new Random(62);
    for (int i = 0; i < 1_000; i++) {
      byte[] number = new byte[32];
      random.nextBytes(number);

      assertThat(Base62.decode(Base62.encode(number, 43), 32)).hasValue(number);
    }
  }

  @Test
  void decode_theLargestNumber_comesBackAndOneMoreIsRefused() {
    byte[] largest = new byte[32];
    Arrays.fill(largest, (byte) 0xff);
    String text = Base62.encode(largest, 43);
    char last = text.charAt(42);
    String oneMore = text.substring(0, 42) + (char) (last + 1);

    assertThat(last).isNotIn('9', 'Z', 'z');
    assertThat(Base62.decode(text, 32)).hasValue(largest);
    assertThat(Base62.decode(oneMore, 32)).isEmpty();
  }

  @Test
  void decode_foreignCharacters_areRefused() {
    assertThat(Base62.decode("0-", 2)).isEmpty();
    assertThat(Base62.decode("0é", 2)).isEmpty();
    assertThat(Base62.decode("0٣", 2)).isEmpty(); // a digit, but not an ASCII one
  }
}
