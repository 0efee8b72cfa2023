/** Options of {@link spread}. */
export interface SpreadOptions {
  /** Least distance of a position from the one before, half of it on each side; one for each position. */
  readonly sizes: readonly number[];
  /** Where positions with half their size on each side have to stay, as far as there is room; absent: anywhere. */
  readonly within?: readonly [low: number, high: number];
}

/**
 * Moves positions apart until they do not overlap, each as little as its neighbours allow.
 *
 * Overlapping positions form a block around their mean; blocks that come to overlap join.
 *
 * @param positions - Wanted positions, in any order.
 * @param options - Their sizes, in the unit of the positions, >= 0.
 * @returns The new positions, in the order of the old ones.
 * @example
 * spread([10, 10, 50], { sizes: [4, 4, 4] }); // => [8, 12, 50]
 */
export function spread(positions: readonly number[], { sizes, within }: SpreadOptions): number[] {
  const [low, high] = within ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const sizeOf = (members: readonly number[]) => members.reduce((sum, member) => sum + at(sizes, member), 0);
  const blockOf = (members: readonly number[]) => {
    const size = sizeOf(members);
    const offsets = members.map(
      (_, i) => sizeOf(members.slice(0, i)) + at(sizes, members[i] ?? 0) / 2 - size / 2,
    );
    const wanted = mean(members.map((member, i) => at(positions, member) - (offsets[i] ?? 0)));
    return { members, offsets, size, center: Math.max(low + size / 2, Math.min(high - size / 2, wanted)) };
  };
  const order = positions.map((_, i) => i).sort((a, b) => at(positions, a) - at(positions, b) || a - b);
  const blocks: ReturnType<typeof blockOf>[] = [];
  for (const index of order) {
    let block = blockOf([index]);
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (block.center - above.center >= (above.size + block.size) / 2) break;
      block = blockOf([...above.members, ...block.members]);
      blocks.pop();
    }
    blocks.push(block);
  }
  const moved: number[] = [];
  for (const { members, offsets, center } of blocks) {
    members.forEach((member, i) => {
      moved[member] = center + (offsets[i] ?? 0);
    });
  }
  return moved;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
