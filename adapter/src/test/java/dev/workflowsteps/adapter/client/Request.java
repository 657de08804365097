package dev.workflowsteps.adapter.client;

import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is sent, over either transport.
 *
 * @param method of HTTP; GET for gRPC
 * @param target of HTTP, its bytes as characters
 * @param message of gRPC; of HTTP, the body as it is sent
 */
public record Request(
    Kind kind, String method, String target, byte[] message, List<Header> headers) {

  public record Header(String name, String value) {}

  public static Request rest(Kind kind, String method, String target, List<Header> headers) {
    return new Request(kind, method, target, new byte[0], headers);
  }

  public static Request grpc(Kind kind, byte[] message, List<Header> headers) {
    return new Request(kind, "GET", "", message, headers);
  }

  /** The same request by another method and with more headers. */
  public Request with(String otherMethod, List<Header> more) {
    List<Header> all = new ArrayList<>(headers);
    all.addAll(more);
    return new Request(kind, otherMethod, target, message, all);
  }

  @Override
  public String toString() {
    String what = target.isEmpty() ? kind + " " + message.length + " bytes" : method + ' ' + target;
    return (what + ' ' + headers).replaceAll("(.{1,6})\\1{20,}", "$1…");
  }
}
