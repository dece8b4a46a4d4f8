extension Operators {
    /// Regions and the last layers of detectors.
    static let detectionOperators: [OperatorType] = [
        OperatorType("ROIPooling") { try RegionBins($0, hasOwnChannels: false) },
        OperatorType("PSROIPooling") { try RegionBins($0, hasOwnChannels: true) },
        OperatorType("ROIAlign") { try RegionAlign($0) },
        OperatorType("PriorBox") { try PriorBox($0) },
        OperatorType("DetectionOutput") { try DetectionOutput($0) },
        OperatorType("Proposal") { try Proposal($0) },
        OperatorType("YoloDetectionOutput") { try YoloDetectionOutput($0) },
        OperatorType("Yolov3DetectionOutput") { try Yolov3DetectionOutput($0) },
    ]
}
