// slices
