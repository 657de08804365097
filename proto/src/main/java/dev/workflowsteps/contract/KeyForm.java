package dev.workflowsteps.contract;

import java.util.regex.Pattern;

/** What API keys look like, so that one in the wrong place is recognized and never shown. */
public final class KeyForm {

  /** How every key begins. */
  public static final String PREFIX = "wfs_";

  /** The length of a key's public id, in base62 digits. */
  public static final int ID_LENGTH = 8;

  /** The length of a key's secret, in base62 digits. */
  public static final int SECRET_LENGTH = 43;

  /** The length of a key's checksum, in base62 digits. */
  public static final int CHECKSUM_LENGTH = 6;

  private static final Pattern KEY =
      Pattern.compile(
          "%s[0-9A-Za-z]{%d}_[0-9A-Za-z]{%d}"
              .formatted(PREFIX, ID_LENGTH, SECRET_LENGTH + CHECKSUM_LENGTH));

  /** A key, whatever is missing from its end. */
  private static final Pattern BEGUN_KEY =
      Pattern.compile("%s[0-9A-Za-z]{%d}_[0-9A-Za-z]*".formatted(PREFIX, ID_LENGTH));

  /** Whether a text contains a whole key. */
  public static boolean isIn(String text) {
    return text.contains(PREFIX) && KEY.matcher(text).find();
  }

  /** The text up to what looks like a key, of which only the prefix is left. */
  public static String masked(String text) {
    int key = text.indexOf(PREFIX);
    return key < 0 ? text : text.substring(0, key + PREFIX.length()) + '…';
  }

  /** The whole text, in which only the prefix of each key is left, or of what is left of one. */
  public static String withoutKeys(String text) {
    return text.contains(PREFIX) ? BEGUN_KEY.matcher(text).replaceAll(PREFIX + '…') : text;
  }

  private KeyForm() {}
}
