package dev.workflowsteps.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpStatus;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesTest {

  @ParameterizedTest
  @CsvSource({
    "2026-12-01T00:00:00Z, 'Tue, 01 Dec 2026 00:00:00 GMT'",
    "2026-12-31T23:59:59.999Z, 'Thu, 31 Dec 2026 23:59:59 GMT'"
  })
  void date_isOfFixedLength(Instant time, String expected) {
    assertThat(Responses.date(time)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"200", "304", "500"})
  void everyResponse_hasTheHeadersOfEach(int status) {
    assertThat(Responses.headers(HttpStatus.valueOf(status), "my-id").build().names())
        .extracting(Object::toString)
        .contains("date", "x-request-id", "cache-control", "x-content-type-options");
  }
}
