package dev.workflowsteps.adapter.rest;

import com.linecorp.armeria.common.FlagsProvider;

/**
 * What Armeria reads once, and has no other way to be told. It finds this class by its name in
 * {@code META-INF/services}; a system property of its own replaces a value.
 */
public final class ArmeriaFlags implements FlagsProvider {

  @Override
  public int priority() {
    return 0;
  }

  /** A semicolon belongs to an id. */
  @Override
  public Boolean allowSemicolonInPathComponent() {
    return true;
  }

  /** So do dots. */
  @Override
  public Boolean allowDoubleDotsInQueryString() {
    return true;
  }

  /** It would give the target of one request to another that normalizes to the same. */
  @Override
  public String parsedPathCacheSpec() {
    return "off";
  }

  /**
   * By default it keeps a connection that it was asked to close three seconds longer, and whoever
   * reads to its end waits for that.
   */
  @Override
  public Long defaultHttp1ConnectionCloseDelayMillis() {
    return 100L;
  }
}
