package dev.workflowsteps.contract;

/**
 * The access log: a line for each request that is worth one. Both edges write to it, so a request
 * over REST has two lines with the same id: one of REST, and one of the gRPC call behind it.
 */
public interface AccessLog {

  /** Takes nothing. */
  AccessLog OFF =
      new AccessLog() {
        @Override
        public boolean takes(boolean failed, long nanos) {
          return false;
        }

        @Override
        public void add(Entry entry) {}
      };

  /**
   * Whether a request gets a line. To be asked before its {@link Entry} is made.
   *
   * @param nanos how long the request took
   */
  boolean takes(boolean failed, long nanos);

  /** Takes an entry. Never waits: without room for it, the entry is dropped and counted. */
  void add(Entry entry);

  /**
   * What a line says. Nothing of it is a value that the caller chose, but for the id, whose form is
   * checked, and the user agent. So it holds no filter, no id of a path and no key.
   *
   * @param endMillis when the request ended, Unix time
   * @param limited whether anybody could cause any number of such lines: then most are only counted
   */
  record Entry(long endMillis, Request request, Outcome outcome, Caller caller, boolean limited) {}

  /**
   * Which request it was.
   *
   * @param traceId empty if the caller sent none
   * @param method of HTTP; empty for a gRPC call
   * @param name the template of the path, or the full name of the RPC; {@code other} if it is none
   */
  record Request(String id, String traceId, String method, String name) {}

  /**
   * How it ended. A number of -1 is not known.
   *
   * @param status the HTTP status, or the name of the gRPC code
   * @param rows of the page, or documents that were written
   * @param bytes of the body, or of the message
   */
  record Outcome(String status, long nanos, long rows, long bytes) {}

  /**
   * Who asked. What is empty is not known: organization and key to REST, if no server has told it.
   *
   * @param peer the IP address at the other end of the connection
   * @param userAgent as it was sent, but cut, also before what looks like a key
   */
  record Caller(String organization, String keyId, String peer, String userAgent) {

    /** More characters of a user agent are not kept. */
    private static final int MOST_USER_AGENT = 120;

    /** Cuts the user agent, since headers may be long and entries wait in memory. */
    public Caller {
      if (userAgent.length() > MOST_USER_AGENT) {
        userAgent = userAgent.substring(0, MOST_USER_AGENT);
      }
      userAgent = KeyForm.masked(userAgent);
    }
  }
}
