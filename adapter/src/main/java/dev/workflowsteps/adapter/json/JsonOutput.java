package dev.workflowsteps.adapter.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Where JSON is written to: a buffer on the heap, taken from an allocator, that grows as needed.
 *
 * <p>On the heap, for its bytes are then written as array elements; a direct buffer costs a checked
 * call per byte, which is more than the one copy that the transport makes of a heap buffer.
 *
 * <p>Holds the buffer until {@link #take}; {@link #close} gives it back to the allocator if it was
 * not taken. For one thread.
 */
public final class JsonOutput implements AutoCloseable {

  /** The array of {@link #buffer}; what is written ends before {@link #position}. */
  byte[] array;

  int position;

  private ByteBuf buffer;
  private int base;
  private int limit;

  /**
   * @param capacity how many bytes to take at first; a good guess saves copying
   */
  public JsonOutput(ByteBufAllocator allocator, int capacity) {
    buffer = allocator.heapBuffer(capacity);
    adopt(0);
  }

  /** How many bytes are written. */
  public int length() {
    return position - base;
  }

  /** What was written, to be read before more is. */
  public ByteBuffer written() {
    return ByteBuffer.wrap(array, base, length());
  }

  /**
   * What was written. The buffer, and with it the duty to release it, passes to the caller; nothing
   * can be written any more.
   */
  public ByteBuf take() {
    ByteBuf taken = buffer.writerIndex(length());
    forget();
    return taken;
  }

  @Override
  public void close() {
    if (buffer != null) {
      buffer.release();
      forget();
    }
  }

  /** Drops all behind the first {@code length} bytes. */
  void truncate(int length) {
    position = base + length;
  }

  /** Makes room for {@code count} bytes, to be written at {@link #position} of {@link #array}. */
  void ensure(int count) {
    if (limit - position < count) {
      grow(count);
    }
  }

  void put(int b) {
    ensure(1);
    array[position++] = (byte) b;
  }

  void put(byte[] bytes, int from, int to) {
    int count = to - from;
    ensure(count);
    System.arraycopy(bytes, from, array, position, count);
    position += count;
  }

  void put(byte[] bytes) {
    put(bytes, 0, bytes.length);
  }

  void putNumber(long number) {
    ensure(20);
    if (number < 0) {
      array[position++] = '-';
    }
    int start = position;
    long left = number;
    do {
      array[position++] = (byte) ('0' + Math.abs(left % 10));
      left /= 10;
    } while (left != 0);
    reverse(start, position - 1);
  }

  private void reverse(int from, int to) {
    for (int i = from, j = to; i < j; i++, j--) {
      byte b = array[i];
      array[i] = array[j];
      array[j] = b;
    }
  }

  private void grow(int count) {
    int length = length();
    int needed = Math.addExact(length, count);
    long doubled = Math.min(2L * buffer.capacity(), buffer.maxCapacity());
    buffer.capacity((int) Math.max(needed, doubled));
    adopt(length);
  }

  private void adopt(int length) {
    array = buffer.array();
    base = buffer.arrayOffset();
    limit = base + buffer.capacity();
    position = base + length;
  }

  private void forget() {
    buffer = null;
    array = null;
    base = 0;
    limit = 0;
    position = 0;
  }
}
