package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;

/**
 * TLS on the REST port. Provider, protocols (TLS 1.2 and 1.3), ciphers and ALPN are Armeria's
 * choice.
 *
 * @param identity the server's certificate and key
 * @param hstsMaxAge for how long browsers use nothing else; 0 = no response says so
 */
public record RestTls(KeyManagerFactory identity, Duration hstsMaxAge) {

  /** What every response says of it. */
  HttpHeaders headers() {
    return hstsMaxAge.isZero()
        ? HttpHeaders.of()
        : HttpHeaders.of(
            HttpHeaderNames.STRICT_TRANSPORT_SECURITY, "max-age=" + hstsMaxAge.toSeconds());
  }
}
