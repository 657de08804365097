package dev.workflowsteps.server.admission;

import java.util.HashMap;
import java.util.Map;

/**
 * The bytes that this process may hold for one purpose. Who wants to hold some asks first and is
 * refused at once if they don't fit, so that memory is never the first to run out. One organization
 * may hold at most three quarters, so that it can't have the others refused.
 *
 * <p>Exact: what was granted is counted until it is given back. Safe for use by many threads; every
 * call takes the same short lock. An organization that holds nothing takes no memory.
 */
public final class MemoryBudget {

  /**
   * Budgets for requests and for answers take half of the memory; the other half is for the work.
   */
  private static final int PART_OF_MEMORY = 4;

  private static final int ORGANIZATION_PERCENT = 75;

  private final long limit;

  /** What organizations hold; none that holds nothing. */
  private final Map<String, Long> holders = new HashMap<>();

  private long held;

  /**
   * @param limit the most bytes that may be held, over 0
   */
  public MemoryBudget(long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: over 0)");
    }
    this.limit = limit;
  }

  /**
   * A budget of a quarter of the memory of a process.
   *
   * @param heapBytes as {@link Runtime#maxMemory} says
   * @param directBytes the most that network buffers may take outside the heap. What is on its way
   *     in or out is in such a buffer before or after it is on the heap, so the smaller one counts.
   */
  public static MemoryBudget ofMemory(long heapBytes, long directBytes) {
    return new MemoryBudget(Math.min(heapBytes, directBytes) / PART_OF_MEMORY);
  }

  /** Begins to hold bytes for an organization: none as yet. */
  public Charge charge(String organizationId) {
    return new Charge(organizationId);
  }

  /** The most bytes that may be held. */
  public long limit() {
    return limit;
  }

  /** The most bytes that one organization may hold. What is larger never fits. */
  public long organizationLimit() {
    return (long) (limit * (ORGANIZATION_PERCENT / 100.0));
  }

  /** The bytes that are held. More than the limit only after {@link Charge#set}. */
  public synchronized long held() {
    return held;
  }

  /** How many organizations hold something. */
  synchronized int organizations() {
    return holders.size();
  }

  private synchronized boolean grow(Charge charge, long bytes) {
    long ofOrganization = holders.getOrDefault(charge.organizationId, 0L);
    // Written so that no sum overflows, however large the bytes.
    boolean room = bytes <= limit - held && bytes <= organizationLimit() - ofOrganization;
    boolean fits = !charge.closed && (bytes == 0 || room);
    if (fits) {
      move(charge, bytes);
    }
    return fits;
  }

  private synchronized void set(Charge charge, long bytes) {
    if (!charge.closed) {
      move(charge, bytes - charge.held);
    }
  }

  private synchronized void close(Charge charge) {
    set(charge, 0);
    charge.closed = true;
  }

  private synchronized long held(Charge charge) {
    return charge.held;
  }

  private void move(Charge charge, long bytes) {
    charge.held += bytes;
    held += bytes;
    holders.compute(
        charge.organizationId,
        (id, before) -> {
          long after = (before == null ? 0 : before) + bytes;
          return after == 0 ? null : after;
        });
  }

  /** What is held for one call. Closing it gives everything back. */
  public final class Charge implements AutoCloseable {

    private final String organizationId;
    private long held;
    private boolean closed;

    private Charge(String organizationId) {
      this.organizationId = organizationId;
    }

    /**
     * Asks for more bytes. If they don't fit, or if this is closed, it returns false and nothing
     * changes.
     *
     * @param bytes 0 or more
     */
    public boolean grow(long bytes) {
      return MemoryBudget.this.grow(this, notNegative(bytes));
    }

    /**
     * Whether {@link #grow} could succeed if nothing else was held. If not, trying again never
     * helps.
     *
     * @param bytes 0 or more
     */
    public boolean couldGrow(long bytes) {
      return notNegative(bytes) <= organizationLimit() - held();
    }

    /**
     * Corrects what is held, once the truth is known. Never refused, since that much is spent
     * already: an estimate that was too low can take the budget over its limit, and nothing more
     * fits until enough was given back. Does nothing if this is closed.
     *
     * @param bytes that are held from now on, 0 or more
     */
    public void set(long bytes) {
      MemoryBudget.this.set(this, notNegative(bytes));
    }

    /** The bytes that this holds. */
    public long held() {
      return MemoryBudget.this.held(this);
    }

    /** Gives everything back. More than once is as good as once. */
    @Override
    public void close() {
      MemoryBudget.this.close(this);
    }

    private static long notNegative(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0 or more)");
      }
      return bytes;
    }
  }
}
