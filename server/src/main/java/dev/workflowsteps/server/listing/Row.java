package dev.workflowsteps.server.listing;

import com.google.protobuf.CodedOutputStream;

/** A row of a list. */
public interface Row<P> {

  P position();

  /** The bytes that the row takes in a response, tag and length included. */
  long size();

  /** The bytes of a message of this length as a field of another one, with a number up to 15. */
  static long framed(long length) {
    return 1 + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
  }
}
