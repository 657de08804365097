package dev.workflowsteps.server.network;

/** Why the server ends a connection. */
enum EndReason {
  /** It is idle, and has shown no valid key. */
  IDLE,
  /** Another one took its place, since it had shown no valid key. */
  REPLACED,
  /** Another one took its place, since its organization had more than its share. */
  ORGANIZATION,
  /** Too many of its streams were reset. */
  RESETS,
  /** It sent too many frames that bring no work. */
  CONTROL_FRAMES,
  /** It began with something other than HTTP/2, which its port needs. */
  PROTOCOL
}
