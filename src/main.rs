//! The program: hands over to the library and ends with its exit code.

fn main() {
    let _ = hypernet::model::KINDS;
}
