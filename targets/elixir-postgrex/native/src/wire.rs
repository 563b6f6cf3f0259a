//! A `real[]` as PostgreSQL sends it in binary: five words of header (dimensions, a flag for nulls, the element's type, then length and lower
//! bound of the dimension), then every value behind its own length; all words of four bytes, big-endian.

const WORD: usize = 4;
const ELEMENT: usize = 2 * WORD;

const DIMENSIONS: u32 = 1;
const NULLS: u32 = 0;
const REAL: u32 = 700;

/// The values, or nothing when it is another type, has nulls or more dimensions.
pub fn reals(array: &[u8]) -> Option<impl Iterator<Item = f32>> {
    let (header, elements) = array.split_at_checked(5 * WORD)?;
    let ([dimensions, nulls, kind, ..], []) = header.as_chunks::<WORD>() else { return None };
    let (elements, []) = elements.as_chunks::<ELEMENT>() else { return None };
    ([*dimensions, *nulls, *kind].map(u32::from_be_bytes) == [DIMENSIONS, NULLS, REAL])
        .then(|| elements.iter().map(|&[_, _, _, _, a, b, c, d]| f32::from_be_bytes([a, b, c, d])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(header: [u32; 5], values: &[f32]) -> Vec<u8> {
        let mut bytes: Vec<u8> = header.into_iter().flat_map(u32::to_be_bytes).collect();
        for value in values {
            bytes.extend(4_u32.to_be_bytes());
            bytes.extend(value.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn values_come_in_their_order() {
        let bytes = array([1, 0, REAL, 3, 1], &[0.5, -1.0, 2.0]);
        assert_eq!(reals(&bytes).unwrap().collect::<Vec<_>>(), [0.5, -1.0, 2.0]);
    }

    #[test]
    fn what_is_no_plain_array_of_reals_is_refused() {
        assert!(reals(&array([1, 1, REAL, 1, 1], &[0.5])).is_none(), "nulls");
        assert!(reals(&array([2, 0, REAL, 1, 1], &[0.5])).is_none(), "two dimensions");
        assert!(reals(&array([1, 0, 701, 1, 1], &[0.5])).is_none(), "doubles");
        assert!(reals(&[0; 19]).is_none(), "half a header");
    }
}
