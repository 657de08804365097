package dev.workflowsteps.adapter;

/**
 * Java 24 and later print four lines of warning, once, when a library first uses {@code
 * sun.misc.Unsafe}. Armeria does so whatever is configured, and a user can't change that. The
 * option that turns the warning off belongs on the command line, where a jar can't put it; so this
 * tells Java that it has warned already.
 */
final class UnsafeWarning {

  static void markAsGiven() {
    try {
      var warned = Class.forName("sun.misc.Unsafe").getDeclaredMethod("trySetMemoryAccessWarned");
      warned.setAccessible(true);
      warned.invoke(null);
    } catch (ReflectiveOperationException | RuntimeException otherJava) {
      // This Java doesn't warn, or does it another way: then the lines are printed.
    }
  }

  private UnsafeWarning() {}
}
